/// The number of a token in a vocabulary: the row of the embedding matrix that stands for it.
public typealias TokenID = Int32
