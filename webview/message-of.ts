// What is said to a person of something thrown.
// Not what is done about it. Whatever is thrown has words.

export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
