"""What is shown: from the entries of a ledger to compliance.json, compliance.html and the terminal's closing lines.

Everything here is a pure function of the catalogue and a ledger; nothing asks an endpoint, nothing knows pytest.
"""
