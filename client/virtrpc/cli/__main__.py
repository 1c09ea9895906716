"""python -m virtrpc.cli"""

from virtrpc.cli.main import main

main()
