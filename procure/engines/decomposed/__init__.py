"""The decomposed engine: prices on what cells share, a dynamic program for each cell, a restricted master.

`engine.py` is the method on one page; FORMULATION.md, "Prices", has the mathematics.
"""
