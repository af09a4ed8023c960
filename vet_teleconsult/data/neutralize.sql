-- A copy of production reaches no sidecar, no TURN server and no owner, and its tickets open nothing of production's.
UPDATE vet_sidecar
   SET active = false;
UPDATE vet_sidecar_command
   SET state = 'failed', error = 'neutralized'
 WHERE state = 'pending';
UPDATE vet_transcript
   SET state = 'failed', problem = 'neutralized'
 WHERE state = 'pending';
UPDATE vet_consultation_summary
   SET state = 'failed', problem = 'neutralized'
 WHERE state = 'pending';
DELETE FROM ir_config_parameter
 WHERE key IN ('vet_teleconsult.turn_urls', 'vet_teleconsult.turn_secret');
UPDATE ir_config_parameter
   SET value = rtrim(translate(encode(decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'), 'base64'), '+/', '-_'), '=')
 WHERE key = 'vet_teleconsult.sidecar_secret';
