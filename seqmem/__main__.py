"""`python -m seqmem`."""

from seqmem.cli.main import main

if __name__ == "__main__":
    main()
