import ArgumentParser
import Foundations

extension ByteCount: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// Command whose messages express memory in the unit in which its limit was typed.
protocol MemoryLimited {
  var memoryLimit: ByteCount? { get }
}
