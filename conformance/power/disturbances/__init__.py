"""Named disturbances of the line and of the machine, and what must come out: the third axis of the proof.

Seeded faults show that the suite finds what is wrong, lawful variants that it accuses nothing that is right. Under a
disturbance both must hold all the same: before the reference no false alarm and no crash, before a fault the find.
"""
