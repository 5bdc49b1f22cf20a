"""Workflows on their way: steps one after another, side by side and in rounds; waiting, gone on."""
