"""What the pages share. Streamlit and Plotly are imported here and above, nowhere below."""
