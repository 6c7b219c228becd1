// What is written to an OutputBuffer, as text.

import Foundation
import Testing

@testable import EvtCLI

/// Returns what `body` writes.
func captured(_ body: (inout OutputBuffer) throws -> Void) throws -> String {
  let directory = try WorkDirectory()
  let path = directory.path + "/captured"
  let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  var buffer = OutputBuffer(descriptor: descriptor)
  try body(&buffer)
  try buffer.finish(naming: path)
  return try directory.read("captured")
}
