"""Local renderers: render(scene, out, progress). They know nothing of tasks."""
