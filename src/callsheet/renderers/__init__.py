"""Local renderers: render(scene, out, progress), knowing nothing of tasks."""
