// The program: everything it does is in EvtCLI.

import EvtCLI

EntryPoint.run()
