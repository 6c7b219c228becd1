// Tests of MemorySize.

import Testing

@testable import EvtCLI

@Suite("Sizes of memory")
struct MemorySizeTests {
  @Test(
    "units are powers of 1,024",
    arguments: [
      ("16M", 16), ("512m", 512), ("2G", 2048), ("1GiB", 1024), ("65536K", 64), ("16777216", 16),
      ("1T", 1_048_576), ("64MB", 64),
    ])
  func reads(_ text: String, _ mebibytes: Int) throws {
    #expect(try MemorySize.parse(text, option: "--memory") == mebibytes << 20)
  }

  @Test(
    "anything else is an error, never a trap",
    arguments: ["", "M", "-5G", "1.5G", "9223372036854775807G", "15M", "1", "lots", "G1", "1X"])
  func refuses(_ text: String) {
    #expect(throws: UsageError.self) { try MemorySize.parse(text, option: "--memory") }
  }
}
