"""Use cases of production; one public function each."""
