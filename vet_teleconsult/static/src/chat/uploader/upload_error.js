/**
 * An upload that will not succeed by trying the same again.
 *
 * `code` is one of the media service's or Odoo's (`too_large`, `wrong_type`, `empty`, `not_what_it_says`, `dangerous`,
 * `damaged`, `disk_full`, `expired`, `gone`, `chat_locked`, …) or ours: `unreadable`, when the browser can no longer
 * read the file.
 */
export class UploadError extends Error {
    /**
     * @param {string} code
     * @param {string} [sentence] what the server said, for a person; empty when it said nothing
     */
    constructor(code, sentence = "") {
        super(sentence || code);
        this.name = "UploadError";
        this.code = code;
        this.sentence = sentence;
    }
}
