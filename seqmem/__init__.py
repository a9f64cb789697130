"""seqmem measures how long a recurrent network can remember."""
