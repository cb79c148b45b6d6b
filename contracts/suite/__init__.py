"""The contract as a suite that runs on any target.

cases.load()                  the conformance cases of contracts/cases, checked
cases.expanded(case, day)     one Trial for each model, version and row of a case
running.run(trial, target)    send it and compare: an Outcome that says what differed
transports                    how a target is reached: over HTTP, or an ASGI application in this process
"""
