"""The one error that a person running ``make`` is meant to see."""


class Problem(Exception):
    """Something that the person at the terminal can put right, said in one sentence that names the remedy.

    ``python3 -m dev`` prints it without a traceback and exits with status 1.
    """
