"""Diagrams from words: flowchart, mind map, Gantt chart and infographic, each as picture, drawing and source."""
