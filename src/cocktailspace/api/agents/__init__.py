"""Agents: the catalogue for programs that speak the Model Context Protocol.

Each tool calls operations of the API within this process, so that rules, roles, bounds and errors
have one home: here are names of tools, what they are for, and what of an answer they pass on.
"""
