"""Looking at the endpoint: sending edges and drawn examples, having the answers judged, taking down what was seen.

Here the parts meet: strategies say what to send, the target is asked, checks judge, the witness writes it down.
"""
