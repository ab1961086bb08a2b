"""The variables of the tax-benefit system: what a household says, and what follows from it."""
