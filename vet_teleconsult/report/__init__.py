from . import vet_prescription_report, vet_transcript_report
