// Inflates compressed inputs on threads of their own, also those whose turn is still to come.

import EvtCore
import Glibc

/// Begins to inflate the inputs that come next while one is being loaded.
///
/// Inputs are loaded one after another, and only then is it known whether one is to be skipped. So
/// what is read ahead is bounded, and forgotten if it turns out not to be wanted.
final class LookAhead {
  /// An input that is being inflated, and what it was when that began.
  private struct Begun {
    var content: ReadAhead
    var device: UInt64
    var inode: UInt64
    var length: UInt64
  }

  private let names: [String]
  /// How many inputs are inflated at once; with one thread each is when it is read.
  private let threads: Int
  private let bytesEach: Int
  private var begun: [Int: Begun] = [:]

  /// Plans to read `names` in order with `threads` threads, at most `bytes` ahead in all.
  init(_ names: [String], threads: Int, bytes: Int) {
    self.names = names
    self.threads = threads
    bytesEach = bytes / threads
  }

  /// Begins with the inputs behind number `index`, unless they look as if they were loaded before.
  func begin(behind index: Int, known: KnownSources) {
    guard threads > 1 else { return }
    for next in index + 1..<min(index + threads, names.count) where begun[next] == nil {
      guard let file = Self.openCompressed(names[next]),
        known.compressed(length: file.length).isEmpty
      else { continue }
      begin(next, file)
    }
  }

  /// The content of input `index`, which is `file`, if it is compressed and being inflated.
  func content(of index: Int, _ file: OpenFile) -> ReadAhead? {
    guard threads > 1 else { return nil }
    if begun[index] == nil, let again = Self.openCompressed(names[index]) { begin(index, again) }
    guard let found = begun[index], file.isRegular, found.device == file.device,
      found.inode == file.inode, found.length == file.length
    else { return nil }
    return found.content
  }

  /// Forgets input `index`.
  func forget(_ index: Int) { begun[index] = nil }

  private func begin(_ index: Int, _ file: OpenFile) {
    begun[index] = Begun(
      content: ReadAhead(names[index], bytesAhead: bytesEach), device: file.device,
      inode: file.inode, length: file.length)
  }

  /// Opens the input called `name` if it is a gzip file; what else it may be shows in its turn.
  private static func openCompressed(_ name: String) -> OpenFile? {
    var status = stat()
    // Opening a pipe would wait for its writer.
    guard name != "-", stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let file = try? OpenFile(name), file.isRegular
    else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { head in
      guard let base = head.baseAddress, (try? file.read(into: base, count: 2)) == 2,
        StoredForm(UnsafeBufferPointer(head), name: name) == .gzip
      else { return nil }
      return file
    }
  }
}
