"""Who comes in: asked before every route and the websocket, and told what leaves."""
