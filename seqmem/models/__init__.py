"""The networks: a Keras cell and a head, many replicates of them stacked."""
