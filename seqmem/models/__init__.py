"""The networks: a cell and a head, many replicates of them stacked."""
