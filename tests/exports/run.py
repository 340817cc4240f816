"""Has other people's programs read what pandia writes: run.py PANDIA."""

import sys

import circuits
import programs
import selene
import timeline

pandia = programs.Pandia(sys.argv[1])
for part in (timeline, selene, circuits):
    part.check(pandia)
