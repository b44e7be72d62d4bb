"""Use cases of disruptions; one public function each."""
