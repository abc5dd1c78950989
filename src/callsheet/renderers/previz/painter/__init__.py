"""Paints a scene from a prompt: setting, light, weather and figures in layers, deterministic from prompt and seed."""
