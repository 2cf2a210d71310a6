"""How figures are counted: facts, intervals, the fold, sketches and the formulas of the published definitions."""
