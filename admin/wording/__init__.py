"""The words of people, a file for each subject of the core; ``labels`` looks them up."""
