"""The embedded reference endpoint: the documents' promises, kept for real, behind one pure `handle`.

`service.ReferenceService` answers requests from its state alone; `server` moves bytes around it. Nothing here
knows how requests are generated or how replies are judged.
"""
