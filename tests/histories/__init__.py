"""Random histories of documents that are changed on both sides while answers are lost, and what must hold at rest.

A history is what happens to one document from one rest to the next. Many are played side by side in one firm, so that
they share its calls. All is drawn from one seed.
"""
