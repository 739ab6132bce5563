"""What payscorectl says of the charts."""
import os
import subprocess


def ctl(*words):
    return subprocess.run([os.environ["PAYSCORECTL"], *words], stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def charts():
    return [line.split()[0] for line in ctl("chart", "list").splitlines()]


def scxml():
    """The text of each chart."""
    return {name: ctl("chart", "export", "--format", "scxml", name) for name in charts()}
