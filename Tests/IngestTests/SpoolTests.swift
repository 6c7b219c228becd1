// Copies of streams: where they are kept, and how long they may be.

import EvtCore
import Glibc
import Testing

@testable import Ingest

@Suite("Spool")
struct SpoolTests {
  @Test("a copy has no name, wherever it is kept", arguments: [true, false])
  func nameless(inMemory: Bool) throws {
    let folder = try TestFolder()
    let spool = inMemory ? Spool.memory(bytesMax: 100) : .directory(folder.path)
    let copy = OpenFile(spooled: try spool.open(), of: "-")
    var bytes = Array("secret".utf8)
    try copy.write(&bytes, count: bytes.count)
    try copy.rewind()
    var back = [UInt8](repeating: 0, count: 10)
    #expect(try copy.read(into: &back, count: 10) == 6 && Array(back.prefix(6)) == bytes)
    var status = stat()
    #expect(fstat(copy.descriptor, &status) == 0 && status.st_nlink == 0)
    #expect(fcntl(copy.descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test("a copy in memory is bounded, one on the disk is not")
  func bounded() throws {
    let memory = Spool.memory(bytesMax: 100)
    try memory.check(bytes: 100, of: "standard input")
    try Spool.directory(nil).check(bytes: .max, of: "standard input")
    let error = #expect(throws: IngestError.self) { try memory.check(bytes: 101, of: "x") }
    #expect(error?.kind == .cannotCreate && error?.message.contains("use --force") == true)
  }

  @Test("hidden fields keep copies off the disk")
  func choice() throws {
    var options = testOptions()
    guard case .directory = options.spool else { throw TestError(what: "in memory") }
    options.transforms = try FieldTransforms(
      set: ["a=b"], hash: [], drop: [], truncateIP: [], key: nil)
    guard case .directory = options.spool else { throw TestError(what: "in memory") }
    options.transforms = try FieldTransforms(
      set: [], hash: [], drop: ["d"], truncateIP: [], key: nil)
    guard case .memory = options.spool else { throw TestError(what: "on the disk") }
  }
}
