// Tests of OutputBuffer: nothing is lost, and no write error goes unnoticed.

import Foundation
import Testing

@testable import EvtCLI

@Suite("Output buffer")
struct OutputBufferTests {
  @Test("what is appended is written, also what is larger than the buffer")
  func writesEverything() throws {
    let long = String(repeating: "0123456789", count: 100_000)
    let text = try captured { out in
      out.append("a")
      out.append(UInt8(ascii: "b"))
      out.append(long)
      out.append("é…\n" as String)
    }
    #expect(text == "ab" + long + "é…\n")
  }

  @Test("decimals have the digits of their value and at least the width asked for")
  func writesDecimals() throws {
    for value: UInt64 in [0, 1, 9, 10, 99, 100, 12_345, .max - 1, .max] {
      #expect(try captured { $0.append(decimal: value) } == String(value))
    }
    #expect(try captured { $0.append(decimal: 7, width: 3) } == "007")
    #expect(try captured { $0.append(decimal: 1234, width: 3) } == "1234")
  }

  @Test("hexadecimal digits are those of String(radix:)")
  func writesHexadecimal() throws {
    for value: UInt64 in [0, 0x9, 0xA, 0xDEAD_BEEF, 0x0123_4567_89AB_CDEF, .max] {
      let digits = String(value, radix: 16)
      let padded = String(repeating: "0", count: 16 - digits.count) + digits
      #expect(try captured { $0.append(hexadecimal: value, digits: 16) } == padded)
      #expect(try captured { $0.append(hexadecimal: value, digits: 8) } == String(padded.suffix(8)))
      #expect(try captured { $0.append(hexadecimalQuad: value) } == String(padded.suffix(4)))
    }
  }

  @Test("a full disk is an error at the end, however much is appended after it")
  func reportsWriteErrors() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var buffer = OutputBuffer(descriptor: descriptor)
    for _ in 0..<100_000 { buffer.append("some text that fills the buffer\n") }
    #expect(buffer.failure == ENOSPC)
    var error: OutputError?
    do { try buffer.finish(naming: "/dev/full") } catch let thrown { error = thrown }
    #expect(error?.errorNumber == ENOSPC)
  }
}
