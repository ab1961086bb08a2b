"""Made-up people, organisations and work for trying out: `chungtay run --demo`. All of it says that it is made up.

A part of the system that wants to show something adds a maker with `@demo_maker`; makers run in the order of their
positions, each in a transaction of its own, and do nothing where their data is there already.
"""
