"""Stands in for the package `pymongo`, with databases that are gone with the process."""
