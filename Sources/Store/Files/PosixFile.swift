// One open file of a store on a real disk.

import Glibc

/// A file descriptor, closed with its last reference.
final class Descriptor: Sendable {
  let number: Int32
  init(_ number: Int32) { self.number = number }
  deinit { close(number) }
}

/// An open file or directory by system calls.
final class PosixFile: StoreFile {
  private let descriptor: Descriptor
  private let parent: Descriptor
  private let name: String
  private let path: String

  init(_ descriptor: Descriptor, parent: Descriptor, name: String, path: String) {
    self.descriptor = descriptor
    self.parent = parent
    self.name = name
    self.path = path
  }

  func size() throws -> UInt64 { UInt64(max(0, try status().st_size)) }

  func modificationTime() throws -> Int64 {
    let time = try status().st_mtim
    let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return time.tv_sec < 0 ? .min : .max }
    return seconds.addingReportingOverflow(Int64(time.tv_nsec)).partialValue
  }

  func read(offset: UInt64, count: Int) throws -> [UInt8] {
    guard count > 0, let start = off_t(exactly: offset) else { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count, let base = buffer.baseAddress {
        let (position, overflow) = start.addingReportingOverflow(off_t(filled))
        if overflow { return }
        let bytes = pread(descriptor.number, base + filled, count - filled, position)
        if bytes == 0 { return }
        if bytes > 0 { filled += bytes } else if errno != EINTR { throw failure("read", errno) }
      }
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress else { return }
    var written = 0
    while written < bytes.count {
      let count = write(descriptor.number, base + written, bytes.count - written)
      if count >= 0 { written += count } else if errno != EINTR { throw failure("write", errno) }
    }
  }

  func sync() throws {
    // Not repeated, not even when interrupted: see the protocol.
    guard fsync(descriptor.number) == 0 else { throw failure("fsync", errno) }
  }

  func tryLock(_ mode: LockMode) throws -> Bool {
    while true {
      if flock(descriptor.number, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 {
        return true
      }
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw failure("lock", errno) }
    }
  }

  func unlock() { _ = flock(descriptor.number, LOCK_UN) }

  func isLinked() throws -> Bool {
    let own = try status()
    var named = stat()
    guard fstatat(parent.number, name, &named, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return false }
      throw failure("examine", errno)
    }
    return own.st_dev == named.st_dev && own.st_ino == named.st_ino
  }

  /// Refuses devices, sockets and FIFOs.
  func requireFileOrDirectory() throws {
    let kind = try status().st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFDIR else {
      throw StoreError.damaged(path: path, what: "it is neither a file nor a directory")
    }
  }

  private func status() throws -> stat {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw failure("examine", errno) }
    return status
  }

  private func failure(_ operation: String, _ code: Int32) -> StoreError {
    .file(FileFailure(operation, path, code: code))
  }
}
