// Where alerts remember whom they told what: bytes in, bytes out, under a lock of their own.

import EvtCore

/// The file `alerts/state` of a store. Writers of events neither wait for it nor look at it.
public struct AlertStateFile: Sendable {
  let files: any StoreFiles

  static let frame = FileFrame(
    magic: Array("EVTALERT".utf8), version: 1, noun: "state of alerts",
    bytesMax: Limits.alertStateBytesMax)

  /// The file's content; nil when nothing was ever saved.
  /// - Throws: `StoreError`, `.damaged` when it is not what was written.
  public func read() throws -> [UInt8]? {
    let path = StoreLayout.alertState
    let file: any StoreFile
    do {
      file = try files.open(path)
    } catch let error as StoreError where error.isMissingFile {
      return nil
    }
    let bytes = try files.readAll(file, path: path, limit: Limits.alertStateBytesMax)
    do {
      return try bytes.withUnsafeBytes { bytes in
        Array(try Self.frame.unwrap(bytes, path: files.shown(path)).body)
      }
    } catch let malformed as MalformedBytes {
      throw damaged(malformed.what)
    }
  }

  /// Calls `body` with the content, and with what saves another one, while nobody else does so.
  ///
  /// A save is durable when it returns; after any error the file holds the old content or the new.
  /// - Parameter waitMilliseconds: how long to wait for somebody else.
  /// - Throws: `StoreError`, `.busy` when the wait was in vain; what `body` throws.
  public func withLock<Result>(
    waitMilliseconds: Int,
    _ body: (_ content: [UInt8]?, _ save: ([UInt8]) throws -> Void) throws -> Result
  ) throws -> Result {
    try prepare()
    let lock = StoreLock(
      files: files, path: StoreLayout.alertLock, holder: "another evt alert has been running")
    return try lock.withLock(waitMilliseconds: waitMilliseconds) {
      try body(try read(), save)
    }
  }

  /// The error for content that is not what was written, which says how to go on.
  public func damaged(_ what: String) -> StoreError {
    .damaged(
      path: files.shown(StoreLayout.alertState),
      what: "\(what) (remove it to start afresh: notices may then be sent again)")
  }

  /// Makes the directory and the lock, unless they are there. The lock comes last: where it is, the
  /// directory is durable.
  private func prepare() throws {
    if try files.exists(StoreLayout.alertLock) { return }
    do {
      try files.makeDirectory(StoreLayout.alerts)
    } catch let error as StoreError where error.isExistingFile {}
    try files.syncDirectory("")
    do {
      _ = try files.create(StoreLayout.alertLock, access: .readWrite)
    } catch let error as StoreError where error.isExistingFile {}
  }

  private func save(_ content: [UInt8]) throws {
    let draft = StoreLayout.alertDraft
    // One that an interrupted run left behind.
    files.removeIfPossible(draft)
    let file = try files.create(draft, access: .readWrite)
    try Self.frame.wrap(content).bytes.withUnsafeBytes { try file.append($0) }
    try file.sync()
    try files.replace(StoreLayout.alertState, by: draft)
    try files.syncDirectory(StoreLayout.alerts)
  }
}

extension Store {
  /// Where alerts on this store remember whom they told what.
  public var alertState: AlertStateFile { AlertStateFile(files: files) }
}
