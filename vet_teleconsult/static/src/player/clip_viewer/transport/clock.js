/**
 * @param {number} seconds
 * @returns {string} `m:ss.mmm`, or `h:mm:ss.mmm` from an hour on
 */
export function formatClock(seconds) {
    const milliseconds = Math.max(0, Math.round((seconds || 0) * 1000));
    const two = (value) => String(value).padStart(2, "0");
    const whole = Math.floor(milliseconds / 1000);
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    const rest = `${two(whole % 60)}.${String(milliseconds % 1000).padStart(3, "0")}`;
    return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
