"""Readers: what a file says, whatever its format, as neutral rows. A file is known by its content;
its name only breaks ties. Nothing is fetched, no path of an archive is written, no entity or alias
is followed; `child_process` reads in one that is bounded and can be killed."""
