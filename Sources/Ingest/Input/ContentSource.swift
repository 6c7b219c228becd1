// What gives the bytes of an input after decompression.

import Columnar
import EvtCore

/// Hands out the content of an input from its beginning.
protocol ContentSource: AnyObject {
  /// Bytes handed out so far.
  var count: UInt64 { get }
  /// What identifies the content that was read, all of it when the end was reached.
  var content: SourceContent { get }
  /// Bytes of the file or stream that this took, and their hash if it is compressed.
  var storedBytes: UInt64 { get }
  var storedHash: Hash128? { get }

  /// Reads at least one byte and at most `wanted`; 0 at the end.
  func readSome(into target: UnsafeMutablePointer<UInt8>, count wanted: Int) throws -> Int
}

extension ContentSource {
  /// Reads until `target` is full or the input ends; returns the bytes read.
  func fill(_ target: UnsafeMutablePointer<UInt8>, count wanted: Int) throws -> Int {
    var got = 0
    while got < wanted {
      let step = try readSome(into: target + got, count: wanted - got)
      if step == 0 { break }
      got += step
    }
    return got
  }
}
