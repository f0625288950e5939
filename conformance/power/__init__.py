"""What the suite finds: its own tests judge the reference endpoint with each seeded fault and in lawful variants."""
