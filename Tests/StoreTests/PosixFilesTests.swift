// Tests of file operations on the real disk.

import EvtCore
import Glibc
import TestSupport
import Testing

@testable import Store

@Suite struct PosixFilesTests {
  private func withFiles(_ body: (PosixFiles, String) throws -> Void) throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let root = "\(directory.path)/store"
    let files = PosixFiles(root: root)
    try files.makeRoot()
    try body(files, root)
  }

  @Test("what was appended is read back, and no more than there is")
  func appendAndRead() throws {
    try withFiles { files, _ in
      let file = try files.create("f", access: .readWrite)
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
      try bytes.withUnsafeBytes { try file.append($0) }
      try [1, 2, 3].withUnsafeBytes { try file.append($0) }
      try file.sync()
      let again = try files.open("f")
      #expect(try again.size() == 100_024)
      #expect(try again.read(offset: 0, count: 100_000) == bytes)
      #expect(try again.read(offset: 99_990, count: 5) == Array(bytes[99_990..<99_995]))
      #expect(try again.read(offset: 100_020, count: 100).count == 4)
      #expect(try again.read(offset: 1 << 62, count: 4).isEmpty)
      #expect(try again.read(offset: .max, count: 4).isEmpty)
    }
  }

  @Test("files and directories are private, segments read-only")
  func permissions() throws {
    try withFiles { files, root in
      try files.makeDirectory("d")
      _ = try files.create("d/readWrite", access: .readWrite)
      _ = try files.create("d/readOnly", access: .readOnly)
      func mode(_ path: String) -> UInt32 {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o7777
      }
      #expect(mode(root) == 0o700 && mode("\(root)/d") == 0o700)
      #expect(mode("\(root)/d/readWrite") == 0o600 && mode("\(root)/d/readOnly") == 0o400)
    }
  }

  @Test("nothing is created or renamed over what exists")
  func noReplacing() throws {
    try withFiles { files, _ in
      _ = try files.create("a", access: .readWrite)
      _ = try files.create("b", access: .readWrite)
      for body in [
        { _ = try files.create("a", access: .readWrite) }, { try files.makeDirectory("a") },
        { try files.rename("a", to: "b") },
      ] {
        do {
          try body()
          Issue.record("replaced")
        } catch let error as StoreError {
          #expect(error.isExistingFile)
        }
      }
      try files.rename("a", to: "c")
      #expect(try files.list("").map(\.name) == ["b", "c"])
      #expect(throws: StoreError.self) { try files.open("a") }
    }
  }

  @Test("symbolic links, FIFOs and files in place of directories are refused")
  func strangers() throws {
    try withFiles { files, root in
      try files.makeDirectory("d")
      _ = try files.create("d/file", access: .readWrite)
      symlink("d", "\(root)/link")
      symlink("d/file", "\(root)/fileLink")
      mkfifo("\(root)/fifo", 0o600)
      #expect(try files.list("").map(\.kind) == [.directory, .other, .other, .other])
      for path in ["link/file", "fileLink", "fifo", "d/file/x"] {
        #expect(throws: StoreError.self, "\(path)") { try files.open(path) }
      }
      #expect(throws: StoreError.self) { try files.list("link") }
      #expect(throws: StoreError.self) { try files.create("link/new", access: .readWrite) }
      #expect(try files.list("d").map(\.name) == ["file"])
    }
  }

  @Test("locks exclude each other between handles and end with them")
  func locks() throws {
    try withFiles { files, _ in
      _ = try files.create("lock", access: .readWrite)
      let reader = try files.open("lock")
      #expect(try reader.tryLock(.shared))
      do {
        let other = try files.open("lock")
        #expect(try other.tryLock(.shared))
        #expect(try !other.tryLock(.exclusive))
      }
      let writer = try files.open("lock")
      #expect(try !writer.tryLock(.exclusive))
      reader.unlock()
      #expect(try writer.tryLock(.exclusive))
      #expect(try !reader.tryLock(.shared))
      writer.unlock()
    }
  }

  @Test("a file that was removed or replaced is no longer linked")
  func linked() throws {
    try withFiles { files, _ in
      let file = try files.create("f", access: .readWrite)
      #expect(try file.isLinked())
      try files.remove("f")
      #expect(try !file.isLinked())
      _ = try files.create("f", access: .readWrite)
      #expect(try !file.isLinked())
    }
  }

  @Test("the file system of a device is found in the mount table")
  func mountTable() {
    let table = """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      36 35 0:52 / /mnt/a rw,noatime master:1 - nfs4 server:/a rw
      37 35 0:1048 / /mnt/b rw - cifs //server/b rw
      broken line
      """
    #expect(MountTable.networkFileSystem(ofDevice: 0x801, mounts: table) == nil)
    #expect(MountTable.networkFileSystem(ofDevice: 52, mounts: table) == "NFS")
    #expect(MountTable.networkFileSystem(ofDevice: 0x40_0018, mounts: table) == "SMB")
    #expect(MountTable.networkFileSystem(ofDevice: 7, mounts: table) == nil)
  }

  @Test("a store on the real disk is created, filled and found sound")
  func realStore() throws {
    try withFiles { _, root in
      #expect(throws: StoreError.missing(path: root)) { try Store.open(at: root) }
      try StoreScenario.ingest(["a"], into: Store.create(at: root), pool: WorkerPool(threads: 2))
      try StoreScenario.ingest(["bb"], into: Store.create(at: root), pool: WorkerPool(threads: 2))
      let snapshot = try Store.open(at: root).snapshot()
      #expect(try StoreScenario.rowsByInput(snapshot) == ["a": 40, "bb": 40])
      let report = try checkStore(at: root, pool: WorkerPool(threads: 2))
      #expect(report.isClean && report.rows == 80, "\(report.checks)")
    }
  }
}
