"""Run the command line: ``python -m taskfit``."""

from taskfit.cli import main

if __name__ == "__main__":
    main()
