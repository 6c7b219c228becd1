// Making room for files leaves none of them open.

import Glibc
import Testing

@testable import EvtCore

@Suite("FileTable") struct FileTableTests {
  @Test("no file is left open") func reserves() {
    func isOpen(_ file: Int32) -> Bool { fcntl(file, F_GETFD) >= 0 }
    let before = (0..<2_048 as Range<Int32>).filter(isOpen)
    FileTable.reserve()
    let opened = Set((0..<2_048 as Range<Int32>).filter(isOpen)).subtracting(before)
    // Other tests open files meanwhile, but none so far up.
    #expect(opened.isDisjoint(with: [127, 255, 511, 1_023]))
  }
}
