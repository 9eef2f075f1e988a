"""Events and the cycles derived from them, sales' answers, handing over, and what contradicts itself."""
