// The bytes of an input as they are stored, before any decompression.

import EvtCore
import Glibc

/// Reads an input from its first byte, counting and, if asked, hashing and recording.
final class StoredBytes {
  let file: OpenFile
  /// Bytes handed out so far.
  private(set) var count: UInt64 = 0
  private var hasher: Hasher128?
  /// What was read before, to be read again: streams cannot go back.
  private var replay: [UInt8]
  private var replayAt = 0
  private var recording: [UInt8]?

  init(_ file: OpenFile, replay: [UInt8] = [], isRecording: Bool = false) {
    self.file = file
    self.replay = replay
    recording = isRecording ? [] : nil
  }

  /// Starts to hash; nothing may have been read but `seen`.
  func startHashing(_ seen: UnsafeBufferPointer<UInt8>) {
    var hasher = Hasher128()
    hasher.add(UnsafeRawBufferPointer(seen))
    self.hasher = hasher
  }

  /// The hash of all bytes handed out, if they were hashed.
  var hash: Hash128? { hasher?.finish() }

  /// What was recorded.
  var recorded: [UInt8] { recording ?? [] }

  /// Reads at most `wanted` bytes; 0 at the end.
  func read(into target: UnsafeMutablePointer<UInt8>, count wanted: Int) throws -> Int {
    let got: Int
    if replayAt < replay.count {
      got = min(wanted, replay.count - replayAt)
      replay.withUnsafeBufferPointer { bytes in
        if let base = bytes.baseAddress { target.update(from: base + replayAt, count: got) }
      }
      replayAt += got
      if replayAt == replay.count { replay = [] }
      if replay.isEmpty { replayAt = 0 }
    } else {
      got = try file.read(into: target, count: wanted)
    }
    let bytes = UnsafeBufferPointer(start: target, count: got)
    hasher?.add(UnsafeRawBufferPointer(bytes))
    recording?.append(contentsOf: bytes)
    count += UInt64(got)
    return got
  }
}
