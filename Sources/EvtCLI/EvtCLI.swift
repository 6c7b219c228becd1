// EvtCLI
