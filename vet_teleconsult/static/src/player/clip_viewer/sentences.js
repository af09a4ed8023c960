/**
 * What a person is told about something that went wrong.
 *
 * @param {Error & {sentence?: string, nextStep?: string}} error
 * @param {string} otherwise where the error has no sentence for people
 */
export function explain(error, otherwise) {
    return [error.sentence, error.nextStep].filter(Boolean).join(" ") || otherwise;
}
