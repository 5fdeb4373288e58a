"""`python -m sidak.app`: the command line without the installed script."""

from sidak.app.cli import main

main()
